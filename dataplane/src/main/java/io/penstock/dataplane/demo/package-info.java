/**
 * The demonstration: namespaces with real sockets around a real data plane, and an account of every packet. Control; it
 * drives {@code penstock run} and {@code penstock stat} from outside, as an operator would. Public: the command, and how other
 * programs are run, which measurements need too.
 */
package io.penstock.dataplane.demo;
