package io.penstock.rules.model;

/** A table that is not put into force: with the errno that the kernel gives, and where and why. */
public final class TableRefusal extends RuntimeException {

    /** No such match, target or table. */
    public static final int ENOENT = 2;
    /** Changed meanwhile: read it again. */
    public static final int EAGAIN = 11;
    /** Too large. */
    public static final int ENOMEM = 12;
    /** A parameter or a place that is not allowed. */
    public static final int EINVAL = 22;
    /** A chain that leads to itself. */
    public static final int ELOOP = 40;
    /** What can be read and written, and cannot run here. */
    public static final int EOPNOTSUPP = 95;

    /** That it is not known which part of a rule is refused. */
    public static final int WHOLE = -1;

    private static final long serialVersionUID = 1;

    private final int errno;
    private final String chain;
    private final int number;
    private final int part;

    /**
     * A refusal of a table, a chain or a whole rule.
     *
     * @param errno  the kernel's
     * @param chain  where, or null
     * @param number the rule's number in the chain from 1 on, or 0
     * @param reason what is wrong
     */
    public TableRefusal(final int errno, final String chain, final int number, final String reason) {
        this(errno, chain, number, WHOLE, reason);
    }

    /**
     * A refusal of a part of a rule.
     *
     * @param errno  the kernel's
     * @param chain  where
     * @param number the rule's number in the chain from 1 on
     * @param part   which of the rule's matches, from 0 on; their number if it is what the rule does with packets
     * @param reason what is wrong
     */
    public TableRefusal(final int errno, final String chain, final int number, final int part, final String reason) {
        super(reason, null, false, false);
        this.part = part;
        this.errno = errno;
        this.chain = chain;
        this.number = number;
    }

    /** The kernel's errno, positive. */
    public int errno() {
        return errno;
    }

    /** The chain, or null. */
    public String chain() {
        return chain;
    }

    /** The rule's number in the chain from 1 on, or 0. */
    public int number() {
        return number;
    }

    /** Which of the rule's matches, from 0 on; their number if it is what the rule does with packets; or {@link #WHOLE}. */
    public int part() {
        return part;
    }
}
