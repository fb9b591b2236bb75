package io.penstock.rules.api;

import static io.penstock.rules.api.RuleHook.FORWARD;
import static io.penstock.rules.api.RuleHook.INPUT;
import static io.penstock.rules.api.RuleHook.OUTPUT;
import static io.penstock.rules.api.RuleHook.POSTROUTING;
import static io.penstock.rules.api.RuleHook.PREROUTING;

import java.util.List;

/** The tables, with the hooks where each has a built-in chain (linux/netfilter_ipv4.h, {@code enum nf_ip_hook_priorities}). */
public enum TableName {

    /** Before connection tracking. */
    RAW("raw", -300, List.of(PREROUTING, OUTPUT)),
    /** Changing packets. */
    MANGLE("mangle", -150, List.of(PREROUTING, INPUT, FORWARD, OUTPUT, POSTROUTING)),
    /** Asked by a connection's first packet; OUTPUT and PREROUTING at -100, INPUT and POSTROUTING at 100. */
    NAT("nat", -100, List.of(PREROUTING, INPUT, OUTPUT, POSTROUTING)),
    /** The usual one. */
    FILTER("filter", 0, List.of(INPUT, FORWARD, OUTPUT)),
    /** Mandatory access control. */
    SECURITY("security", 50, List.of(INPUT, FORWARD, OUTPUT));

    private static final int SOURCE_NAT_PRIORITY = 100;

    private final String text;
    private final int priority;
    private final List<RuleHook> hooks;

    TableName(final String text, final int priority, final List<RuleHook> hooks) {
        this.text = text;
        this.priority = priority;
        this.hooks = hooks;
    }

    /** The name as it is written. */
    public String text() {
        return text;
    }

    /** The hooks with a built-in chain, ascending. */
    public List<RuleHook> hooks() {
        return hooks;
    }

    /** The priority of the table's function at a hook. */
    public int priority(final RuleHook hook) {
        return this == NAT && (hook == INPUT || hook == POSTROUTING) ? SOURCE_NAT_PRIORITY : priority;
    }

    /** The table of that name, or null. */
    public static TableName of(final String text) {
        for (final TableName table : values()) {
            if (table.text.equals(text)) {
                return table;
            }
        }
        return null;
    }
}
