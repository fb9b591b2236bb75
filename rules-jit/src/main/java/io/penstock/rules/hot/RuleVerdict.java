package io.penstock.rules.hot;

/** What a target says: netfilter's verdicts, with QUEUE's number and flags above as there, or how the traversal goes on. */
public final class RuleVerdict {

    /** The packet ends here. */
    public static final int DROP = 0;
    /** The table lets it pass. */
    public static final int ACCEPT = 1;
    /** The target has taken the packet. */
    public static final int STOLEN = 2;
    /** To user space. */
    public static final int QUEUE = 3;
    /** On with the next rule ({@code XT_CONTINUE}). */
    public static final int CONTINUE = -1;
    /** Back to the calling chain ({@code XT_RETURN}). */
    public static final int RETURN = -5;

    private RuleVerdict() {
    }
}
