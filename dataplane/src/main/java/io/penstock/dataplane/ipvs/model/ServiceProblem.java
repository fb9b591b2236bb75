package io.penstock.dataplane.ipvs.model;

/** What was asked of services cannot be done; nothing has been. */
public final class ServiceProblem extends Exception {

    private static final long serialVersionUID = 1;

    /** The kernel's answers, by which commands choose their messages. */
    public enum Kind {
        /** EEXIST: a service or a server twice. */
        EXISTS,
        /** ESRCH: there is no such service. */
        NO_SERVICE,
        /** ENOENT: there is no such server, or no such scheduler. */
        NO_ENTRY,
        /** EINVAL. */
        INVALID,
        /** ERANGE: weight or thresholds. */
        RANGE,
        /** EAFNOSUPPORT. */
        FAMILY,
        /** ENOMEM: too many of something. */
        FULL,
        /** EOPNOTSUPP. */
        UNSUPPORTED,
        /** The data plane ends. */
        GONE
    }

    private final Kind kind;

    /**
     * A refusal.
     *
     * @param detail a sentence for people that says more than the tool's message does, or null
     */
    public ServiceProblem(final Kind kind, final String detail) {
        super(detail);
        this.kind = kind;
    }

    /** Which answer. */
    public Kind kind() {
        return kind;
    }
}
