/** Echo requests of ICMP and ICMPv6, which Java's own sockets cannot send. Control; public is {@link io.penstock.os.echo.EchoSocket}. */
package io.penstock.os.echo;
