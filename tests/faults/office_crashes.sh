#!/bin/sh
# A LibreOffice that dies at once.
kill -9 $$
