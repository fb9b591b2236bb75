package io.penstock.conntrack.model;

import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.os.sys.Errno;

/**
 * What ctnetlink refuses, for every store. Source: ctnetlink_parse_tuple_zone, nf_ct_change_status_common, __nf_ct_set_timeout (behaviour).
 */
public final class ConnectionRules {

    /** The longest timeout: 2^31 - 1 ticks at the 250 a second that distributions' kernels have, in seconds. */
    public static final long LONGEST_TIMEOUT_SECONDS = Integer.MAX_VALUE / 250;

    private static final int ONCE_SET = ConnStatus.SEEN_REPLY | ConnStatus.ASSURED;
    private static final int FIXED = ConnStatus.EXPECTED | ConnStatus.CONFIRMED | ConnStatus.DYING;

    private ConnectionRules() {
    }

    /**
     * Checks zones and tuples. A zone of both directions and one of a single direction exclude each other.
     *
     * @throws ConnectionException EINVAL
     */
    public static void check(final ConnectionRequest request) throws ConnectionException {
        final boolean isZoned = request.zone() != null && request.zone() != 0;
        final boolean isOriginalZoned = request.originalZone() != null && request.originalZone() != 0;
        if (request.originalZone() != null && isZoned || request.replyZone() != null && (isZoned || isOriginalZoned)
                || request.original() == null && request.reply() == null
                || request.original() != null && !request.original().isInvertible()
                || request.reply() != null && !request.reply().isInvertible()) {
            throw new ConnectionException(Errno.EINVAL);
        }
    }

    /**
     * Checks a request to make a connection.
     *
     * @throws ConnectionException EINVAL
     */
    public static void checkNew(final ConnectionRequest request) throws ConnectionException {
        if (request.original() == null || request.reply() == null || request.timeoutSeconds() == null
                || request.original().protocol() != request.reply().protocol()) {
            throw new ConnectionException(Errno.EINVAL);
        }
        checkState(request, request.original().protocol());
    }

    /**
     * Checks a state: SCTP's comes with both tags or not at all.
     *
     * @throws ConnectionException EINVAL
     */
    public static void checkState(final ConnectionRequest request, final int protocol) throws ConnectionException {
        final boolean isSaid = request.protocolState() != null || request.originalTag() != null || request.replyTag() != null;
        if (protocol == ConnTuple.SCTP && isSaid
                && (request.protocolState() == null || request.originalTag() == null || request.replyTag() == null)) {
            throw new ConnectionException(Errno.EINVAL);
        }
    }

    /**
     * The status that a connection gets when one is asked for: some bits can only be set, and others are left as they are.
     *
     * @throws ConnectionException EBUSY
     */
    public static int changedStatus(final int now, final int asked) throws ConnectionException {
        final int wanted = asked | ConnStatus.CONFIRMED;
        final int differing = now ^ wanted;
        if ((differing & FIXED) != 0 || (differing & ONCE_SET & ~wanted) != 0) {
            throw new ConnectionException(Errno.EBUSY);
        }
        return now & ConnStatus.UNCHANGEABLE_MASK | wanted & ~ConnStatus.UNCHANGEABLE_MASK;
    }

    /** A timeout that can be had. */
    public static long timeoutSeconds(final long asked) {
        return Math.min(asked, LONGEST_TIMEOUT_SECONDS);
    }
}
