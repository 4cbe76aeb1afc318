#!/bin/sh
# A Tesseract as it comes, without a language pack.
printf 'List of available languages (1):\neng\n'
