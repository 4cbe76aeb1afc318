#!/bin/sh
# A Tesseract that knows its languages and dies over every picture.
case "$*" in *--list-langs*) printf 'List of available languages (2):\neng\nrus\n'; exit 0 ;; esac
case "$*" in *--version*) echo "tesseract 5.3.0"; exit 0 ;; esac
kill -SEGV $$
