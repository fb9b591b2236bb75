/** Control code: command lines as the C library's programs read them, and how such a program ends. */
package io.penstock.os.getopt;
