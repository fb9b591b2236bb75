package io.penstock.conntrack.model;

/**
 * Which connections a listing tells, as ctnetlink filters them.
 *
 * @param family     an address family, 0 for any
 * @param mark       the bits of the mark below the mask
 * @param markMask   0 for any mark
 * @param status     the bits of the status below the mask
 * @param statusMask or null for any status; a mask without bits is refused with EINVAL
 */
public record ConnectionFilter(int family, int mark, int markMask, int status, Integer statusMask) {

    /** All. */
    public static final ConnectionFilter ALL = new ConnectionFilter(0, 0, 0, 0, null);

    /** Whether a connection is told. */
    public boolean matches(final Connection connection) {
        final int its = connection.mark() == null ? 0 : connection.mark();
        return (family == 0 || connection.original().family() == family)
                && (its & markMask) == mark
                && (statusMask == null || (connection.status() & statusMask) == status);
    }
}
