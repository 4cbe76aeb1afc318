#!/bin/sh
# A LibreOffice that never ends.
exec sleep 1000
