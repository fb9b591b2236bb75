package io.penstock.rules.target;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotLog;
import io.penstock.rules.text.SavedText;
import java.util.List;

/**
 * LOG: writes a line about the packet to the kernel's log, or what stands for it here.
 *
 * @param level  syslog's
 * @param prefix the line's begin
 * @param flags  {@code NF_LOG_*} of linux/netfilter/nf_log.h, of which {@code --log-*} sets bits
 */
public record LogTarget(int level, String prefix, int flags) implements RunnableTarget {

    private static final int DEFAULT_LEVEL = 4;
    /** What the kernel has room for, without the terminating zero. */
    private static final int PREFIX_LENGTH = 29;

    private static final OptionSpec LEVEL = OptionSpec.of("log-level", OptionType.SYSLOG_LEVEL);
    private static final OptionSpec PREFIX = OptionSpec.of("log-prefix", OptionType.STRING).between(1, 0);

    /** The options that are a flag, with the flag's bit and its name in a listing. */
    private enum Flag {
        TCP_SEQUENCE("tcp-sequence", 0x01),
        TCP_OPTIONS("tcp-options", 0x02),
        IP_OPTIONS("ip-options", 0x04),
        UID("uid", 0x08),
        MACDECODE("macdecode", 0x20);

        private final String text;
        private final int bit;

        Flag(final String text, final int bit) {
            this.text = text;
            this.bit = bit;
        }

        private OptionSpec option() {
            return OptionSpec.of("log-" + text, OptionType.NONE);
        }
    }

    private static final String HELP = """
            LOG target options:
             --log-level level\t\tLevel of logging (numeric or see syslog.conf)
             --log-prefix prefix\t\tPrefix log messages with this prefix.
             --log-tcp-sequence\t\tLog TCP sequence numbers.
             --log-tcp-options\t\tLog TCP options.
             --log-ip-options\t\tLog IP options.
             --log-uid\t\t\tLog UID owning the local socket.
             --log-macdecode\t\tDecode MAC addresses and protocol.
            """;

    static final TargetKind KIND = Definition.of("LOG", HELP, Parser::new,
            LEVEL, PREFIX, Flag.TCP_SEQUENCE.option(), Flag.TCP_OPTIONS.option(), Flag.IP_OPTIONS.option(), Flag.UID.option(),
            Flag.MACDECODE.option());

    /** By number, as the C library finds a level's name first. */
    private static final List<String> LEVELS = List.of("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug");

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        if (!prefix.isEmpty()) {
            out.append(" --log-prefix");
            SavedText.append(out, prefix);
        }
        if (level != DEFAULT_LEVEL) {
            out.append(" --log-level ").append(level);
        }
        for (final Flag flag : Flag.values()) {
            if ((flags & flag.bit) != 0) {
                out.append(" --log-").append(flag.text);
            }
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" LOG");
        if (scope.isNumeric()) {
            out.append(" flags ").append(flags).append(" level ").append(level);
        } else {
            out.append(" level ").append(LEVELS.get(level));
            for (final Flag flag : Flag.values()) {
                if ((flags & flag.bit) != 0) {
                    out.append(' ').append(flag.text);
                }
            }
        }
        if (!prefix.isEmpty()) {
            out.append(" prefix \"").append(prefix).append('"');
        }
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        return new HotLog(level, prefix, flags);
    }

    private static final class Parser implements TargetParser {

        private int level = DEFAULT_LEVEL;
        private String prefix = "";
        private int flags;

        Parser(final ParseScope scope) {
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            if (option.name().equals(LEVEL.name())) {
                level = (int) value.low();
            } else if (option.name().equals(PREFIX.name())) {
                if (value.text().indexOf('\n') >= 0) {
                    throw ParameterProblem.parameter("Newlines not allowed in --log-prefix");
                }
                prefix = ToolText.cut(value.text(), PREFIX_LENGTH);
            } else {
                for (final Flag flag : Flag.values()) {
                    flags |= option.name().equals("log-" + flag.text) ? flag.bit : 0;
                }
            }
        }

        @Override
        public Target finish() {
            return new LogTarget(level, prefix, flags);
        }
    }
}
