/** Connections on the packet's way: a packet finds or begins its connection, is translated, and confirms what has begun. */
package io.penstock.dataplane.hot.connections;
