package io.penstock.rules.api;

import java.util.List;

/** A match of a rule: immutable, equal to another when the real tool finds their rules the same ({@code -C}, {@code -D}). */
public interface Match {

    /** Its kind. */
    MatchKind kind();

    /** Writes its options as {@code iptables-save} does, each with a blank before it. */
    void save(StringBuilder out);

    /** Writes it as {@code -L} does, with a blank before it. */
    void list(StringBuilder out, ListScope scope);

    /**
     * What the kernel would say to it at that place, as a positive errno, or {@link Kind#FINE}. Tables, hooks and protocols of its kind
     * were found right before.
     */
    default int check(final Place place) {
        return Kind.FINE;
    }

    /**
     * What targets of rules must have {@linkplain Target#provided provided} where it is to go into force; otherwise there is no such
     * thing (ENOENT).
     */
    default List<String> needed() {
        return List.of();
    }

    /** What the tool says on the error stream whenever it saves or lists it, with its line end; for most, nothing. */
    default String remark() {
        return "";
    }

    /** The TCP flags that are set in every packet that it takes, as far as it is a match of TCP's flags; 0 otherwise. */
    default int tcpFlagsSet() {
        return 0;
    }
}
