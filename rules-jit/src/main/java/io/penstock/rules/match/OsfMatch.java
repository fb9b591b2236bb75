package io.penstock.rules.match;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RuleHook;

/**
 * Guesses the sender's operating system by its TCP SYN.
 *
 * @param genre    the system
 * @param inverted whether it must be another one
 * @param ttl      how the time to live is compared, 0 to 2; null for not given
 * @param log      what is logged, 0 to 2; null for not given
 */
public record OsfMatch(String genre, boolean inverted, Integer ttl, Integer log) implements Match {

    static final MatchKind KIND = DescribedMatchKind.of(
            "osf",
            0,
            """
            OS fingerprint match options:
            [!] --genre string     Match a OS genre by passive fingerprinting.
            --ttl level            Use some TTL check extensions to determine OS:
                   0                       true ip and fingerprint TTL comparison. Works for LAN.
                   1                       check if ip TTL is less than fingerprint one. Works for global addresses.
                   2                       do not compare TTL at all. This allows NMAP detection, but can produce false results.
            --log level            Log determined genres into dmesg even if they do not match desired one:
                   0                       log all matched or unknown signatures.
                   1                       log only first one.
                   2                       log all known matched signatures.
            """,
            scope -> new Parser(),
            OptionSpec.of("genre", OptionType.STRING).needed().inverted(),
            OptionSpec.of("ttl", OptionType.UINT32).between(0, 2),
            OptionSpec.of("log", OptionType.UINT32).between(0, 2))
            .in(IpFamily.IPV4)
            .at(RuleHook.PREROUTING, RuleHook.INPUT, RuleHook.FORWARD)
            .of(IpProtocol.TCP);

    /** {@code MAXGENRELEN}. */
    private static final int GENRE_BYTES = 32;

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(inverted ? " ! --genre " : " --genre ").append(genre);
        out.append(ttl == null ? "" : " --ttl " + ttl);
        out.append(log == null ? "" : " --log " + log);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" OS fingerprint match ").append(inverted ? "! " : "").append(genre);
    }

    private static final class Parser implements MatchParser {

        private String genre = "";
        private boolean inverted;
        private Integer ttl;
        private Integer log;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "genre" -> {
                    genre = FieldText.cut(value.text(), GENRE_BYTES);
                    inverted = value.inverted();
                }
                case "ttl" -> ttl = (int) value.low();
                default -> log = (int) value.low();
            }
        }

        @Override
        public Match finish() {
            return new OsfMatch(genre, inverted, ttl, log);
        }
    }
}
