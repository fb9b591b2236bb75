/**
 * The host's own traffic: how it is taken from the kernel's path and given back to it. Control; workers use the ends that are
 * handed out.
 */
package io.penstock.dataplane.local;
