/**
 * TUN and TAP devices: a network interface whose wire is a file descriptor; and the one by which the host's own traffic comes
 * and goes, with its programs. Opening is control; reading and writing are one system call each and allocate nothing.
 */
package io.penstock.os.tap;
