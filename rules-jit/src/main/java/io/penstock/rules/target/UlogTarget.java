package io.penstock.rules.target;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import io.penstock.rules.text.SavedText;

/**
 * ULOG: the older NFLOG.
 *
 * @param group     the netlink group, from 1
 * @param prefix    what is told with each packet
 * @param copyRange the bytes to copy, 0 for all, 32 bits unsigned
 * @param threshold how many packets are told at once
 */
public record UlogTarget(int group, String prefix, int copyRange, int threshold) implements Target {

    private static final int MAX_GROUP = 32;
    private static final int MAX_THRESHOLD = 50;
    private static final int PREFIX_LENGTH = 31;

    private static final String HELP = """
            ULOG target options:
             --ulog-nlgroup nlgroup\t\tNETLINK group used for logging
             --ulog-cprange size\t\tBytes of each packet to be passed
             --ulog-qthreshold\t\tThreshold of in-kernel queue
             --ulog-prefix prefix\t\tPrefix log messages with this prefix.
            """;

    static final TargetKind KIND = Definition.of("ULOG", HELP, Parser::new,
            OptionSpec.of("ulog-nlgroup", OptionType.UINT8).between(1, MAX_GROUP),
            OptionSpec.of("ulog-prefix", OptionType.STRING).between(1, 0),
            OptionSpec.of("ulog-cprange", OptionType.UINT64),
            OptionSpec.of("ulog-qthreshold", OptionType.UINT64).between(1, MAX_THRESHOLD))
            .only(IpFamily.IPV4);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        if (!prefix.isEmpty()) {
            SavedText.append(out.append(" --ulog-prefix"), prefix);
        }
        if (group != 1) {
            out.append(" --ulog-nlgroup ").append(group);
        }
        if (copyRange != 0) {
            out.append(" --ulog-cprange ").append(Integer.toUnsignedString(copyRange));
        }
        if (threshold != 1) {
            out.append(" --ulog-qthreshold ").append(threshold);
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" ULOG copy_range ").append(Integer.toUnsignedString(copyRange)).append(" nlgroup ").append(group);
        if (!prefix.isEmpty()) {
            out.append(" prefix \"").append(prefix).append('"');
        }
        out.append(" queue_threshold ").append(threshold);
    }

    @Override
    public int check(final Place place) {
        return ToolText.ENOENT;
    }

    private static final class Parser implements TargetParser {

        private int group = 1;
        private String prefix = "";
        private int copyRange;
        private int threshold = 1;

        Parser(final ParseScope scope) {
            Absent.warn("ULOG", scope);
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "ulog-nlgroup" -> group = (int) value.low();
                case "ulog-cprange" -> copyRange = (int) value.low();
                case "ulog-qthreshold" -> threshold = (int) value.low();
                default -> {
                    if (value.text().indexOf('\n') >= 0) {
                        throw ParameterProblem.parameter("Newlines not allowed in --ulog-prefix");
                    }
                    prefix = ToolText.cut(value.text(), PREFIX_LENGTH);
                }
            }
        }

        @Override
        public Target finish() {
            return new UlogTarget(group, prefix, copyRange, threshold);
        }
    }
}
