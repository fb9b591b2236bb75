package io.penstock.dataplane.packetdrill;

import java.util.List;

/**
 * A line of a script: a packet that comes in ({@code <}) or that the host has to send ({@code >}), a call of the program on the host, or a command.
 */
sealed interface DrillEvent {

    /** Its line, from 1. */
    int line();

    /** When it is. */
    Time time();

    /**
     * A time of a script.
     *
     * @param isAfterLast it counts from the event before, not from the script's start
     * @param ns          nanoseconds
     */
    record Time(boolean isAfterLast, long ns) {

        /** With the event before. */
        static final Time AT_ONCE = new Time(true, 0);
    }

    /**
     * A TCP segment, with the script's numbers: those of the end that begins count from 0, and so do the others' after their SYN.
     *
     * @param isInbound it comes in; else the host has to send it
     * @param flags     {@link DrillFlags}
     * @param sequence  of its first byte
     * @param bytes     of data
     * @param acked     what it acknowledges, when it has that flag
     * @param window    as in the header, {@code -1} when the script leaves it open
     * @param options   a multiple of four bytes
     */
    record Segment(int line, Time time, boolean isInbound, int flags, int sequence, int bytes, int acked, int window, byte[] options)
            implements DrillEvent {
    }

    /**
     * A system call.
     *
     * @param arguments as written
     * @param result    what it has to give
     */
    record Call(int line, Time time, String name, List<String> arguments, int result) implements DrillEvent {
    }

    /** A command for a shell. */
    record Shell(int line, Time time, String text) implements DrillEvent {
    }
}
