#!/bin/sh
# A Tesseract that knows its languages and reads, for sure, what stands on no paper.
case "$*" in *--list-langs*) printf 'List of available languages (2):\neng\nrus\n'; exit 0 ;; esac
case "$*" in *--version*) echo "tesseract 5.3.0"; exit 0 ;; esac
{
    printf 'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n'
    for page in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        printf '5\t%s\t1\t1\t1\t1\t0\t0\t10\t10\t96\tПетров\n' "$page"
    done
} > "$2.tsv"
