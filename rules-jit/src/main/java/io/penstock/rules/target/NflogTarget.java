package io.penstock.rules.target;

import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.text.SavedText;

/**
 * NFLOG: copies the packet to a netlink group.
 *
 * @param group     the group
 * @param prefix    what is told with each packet
 * @param sized     whether {@code --nflog-size} gave the bytes to copy
 * @param bytes     the bytes to copy; without {@code sized} they have no effect
 * @param threshold how many packets are told at once
 */
public record NflogTarget(int group, String prefix, boolean sized, int bytes, int threshold) implements Target {

    /** What the kernel has room for, without the terminating zero. */
    private static final int PREFIX_LENGTH = 63;

    private static final String HELP = """
            NFLOG target options:
             --nflog-group NUM\t\tNETLINK group used for logging
             --nflog-range NUM\t\tThis option has no effect, use --nflog-size
             --nflog-size NUM\t\tNumber of bytes to copy
             --nflog-threshold NUM\t\tMessage threshold of in-kernel queue
             --nflog-prefix STRING\t\tPrefix string for log messages
            """;

    static final TargetKind KIND = Definition.of("NFLOG", HELP, Parser::new,
            OptionSpec.of("nflog-group", OptionType.UINT16),
            OptionSpec.of("nflog-prefix", OptionType.STRING).between(1, 0),
            OptionSpec.of("nflog-range", OptionType.UINT32).excluding("nflog-size"),
            OptionSpec.of("nflog-size", OptionType.UINT32).excluding("nflog-range"),
            OptionSpec.of("nflog-threshold", OptionType.UINT16));

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out, "--");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out, "");
    }

    private void write(final StringBuilder out, final String dashes) {
        final String begin = ' ' + dashes + "nflog-";
        if (!prefix.isEmpty()) {
            SavedText.append(out.append(begin).append("prefix"), prefix);
        }
        if (group != 0) {
            out.append(begin).append("group ").append(group);
        }
        if (sized || bytes != 0) {
            out.append(begin).append(sized ? "size " : "range ").append(Integer.toUnsignedString(bytes));
        }
        if (threshold != 0) {
            out.append(begin).append("threshold ").append(threshold);
        }
    }

    private static final class Parser extends CheckedParser {

        private final ParseScope scope;
        private int group;
        private String prefix = "";
        private boolean ranged;
        private boolean sized;
        private int bytes;
        private int threshold;

        Parser(final ParseScope scope) {
            this.scope = scope;
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "nflog-group" -> group = (int) value.low();
                case "nflog-prefix" -> prefix = prefix(value.text());
                case "nflog-threshold" -> threshold = (int) value.low();
                default -> {
                    bytes = (int) value.low();
                    ranged |= option.name().equals("nflog-range");
                    sized |= option.name().equals("nflog-size");
                }
            }
        }

        private static String prefix(final String text) {
            if (text.indexOf('\n') >= 0) {
                throw ParameterProblem.parameter("Newlines not allowed in --log-prefix");
            }
            return ToolText.cut(text, PREFIX_LENGTH);
        }

        @Override
        void verify() {
            if (ranged) {
                scope.warn("warn: --nflog-range has never worked and is no longer supported, please use --nflog-size instead\n");
            }
        }

        @Override
        Target target() {
            return new NflogTarget(group, prefix, sized, bytes, threshold);
        }
    }
}
