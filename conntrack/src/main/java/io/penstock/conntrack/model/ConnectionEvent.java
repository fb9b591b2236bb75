package io.penstock.conntrack.model;

/**
 * What happened to a connection. An event's connection tells no use count; a destroyed one's tells its mark only if it is not 0, and its
 * counters and times; others tell a mark and labels when the event is about them or they are not 0, and neither counters nor times.
 *
 * @param change     what happened
 * @param connection the connection then
 * @param portId     the number of the program that did it, 0 if a packet or a timer did
 * @param program    that program's name, or null
 */
public record ConnectionEvent(ConnectionChange change, Connection connection, int portId, String program) {
}
