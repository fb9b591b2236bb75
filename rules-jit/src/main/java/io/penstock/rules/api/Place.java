package io.penstock.rules.api;

/**
 * Where a match or target is to stand.
 *
 * @param family           whose rule it is
 * @param table            the table's
 * @param hooks            from which hooks the rule can be reached, a mask of {@link RuleHook#bit}
 * @param protocol         the rule's protocol, 0 for any
 * @param protocolInverted whether the rule takes every protocol but that
 */
public record Place(IpFamily family, TableName table, int hooks, int protocol, boolean protocolInverted) {

    /** Whether the rule takes packets of that protocol only. */
    public boolean isOnly(final int number) {
        return protocol == number && !protocolInverted;
    }
}
