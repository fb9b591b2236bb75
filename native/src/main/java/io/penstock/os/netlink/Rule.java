package io.penstock.os.netlink;

/**
 * A policy routing rule ({@code ip rule}).
 *
 * @param family            {@link IpAddress#V4} or {@link IpAddress#V6}
 * @param priority          rules are tried from 0 up; those of one priority in the kernel's order
 * @param action            what a match does
 * @param table             the table that {@link Action#TABLE} looks in
 * @param gotoPriority      where {@link Action#GOTO} goes on
 * @param inverted          true if the rule matches what its selectors do not
 * @param source            the sources' prefix
 * @param sourceLength      0 for any
 * @param destination       the destinations' prefix
 * @param destinationLength 0 for any
 * @param tos               type of service, 0 for any
 * @param mark              the packet's mark under the mask
 * @param markMask          0 for any
 * @param inputDevice       the device that the packet came from, empty for any
 * @param outputDevice      the device that the socket is bound to, empty for any
 * @param ipProtocol        0 for any
 * @param sourcePorts       first port in the upper 16 bits, last in the lower; 0 for any
 * @param destinationPorts  likewise
 * @param uids              first user id in the upper 32 bits, last in the lower; -1 for any
 * @param suppressPrefixLength routes with at most so many bits are passed over; -1 for none
 * @param suppressGroup     routes through devices of this group are passed over; -1 for none
 * @param l3Master          true if the table is that of the packet's VRF
 * @param protocol          who made it, {@code RTPROT_*}
 * @param otherAttributes   a hash of selectors without a component here (tunnel, flow label, DSCP, realms); 0 for none:
 *                          whoever evaluates the rule must refuse it otherwise
 */
public record Rule(
        int family,
        int priority,
        Action action,
        int table,
        int gotoPriority,
        boolean inverted,
        IpAddress source,
        int sourceLength,
        IpAddress destination,
        int destinationLength,
        int tos,
        int mark,
        int markMask,
        String inputDevice,
        String outputDevice,
        int ipProtocol,
        int sourcePorts,
        int destinationPorts,
        long uids,
        int suppressPrefixLength,
        int suppressGroup,
        boolean l3Master,
        int protocol,
        long otherAttributes) {

    /** What a matching rule does ({@code FR_ACT_*}). */
    public enum Action {
        UNSPECIFIED,
        /** Looks in a table; goes on with the next rule if that has no route. */
        TABLE,
        /** Goes on with the rule of another priority. */
        GOTO,
        /** Nothing. */
        NOP,
        /** Not in use. */
        RESERVED_4,
        /** Not in use. */
        RESERVED_5,
        /** Drops. */
        BLACKHOLE,
        /** Drops and answers "destination unreachable". */
        UNREACHABLE,
        /** Drops and answers "administratively prohibited". */
        PROHIBIT,
        /** A number that this version does not know. */
        OTHER;

        private static final Action[] VALUES = values();

        static Action of(final int number) {
            return number < OTHER.ordinal() ? VALUES[number] : OTHER;
        }
    }
}
