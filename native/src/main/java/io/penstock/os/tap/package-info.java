/**
 * TUN and TAP devices: a network interface whose wire is a file descriptor. Opening is control; reading and writing are
 * one system call each and allocate nothing.
 */
package io.penstock.os.tap;
