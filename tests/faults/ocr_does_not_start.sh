#!/bin/sh
# A Tesseract whose library is missing.
echo "error while loading shared libraries: libtesseract.so.5" >&2
exit 127
