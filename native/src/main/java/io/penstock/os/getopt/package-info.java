/** Control code: command lines as the C library's programs read them. */
package io.penstock.os.getopt;
