package io.penstock.rules.target;

import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import java.util.Set;

/**
 * IDLETIMER: tells when no packet came for a while.
 *
 * @param timeout the while, 32 bits unsigned. Unit: s
 * @param label   the timer's name
 * @param alarm   whether it counts while the machine sleeps
 */
public record IdletimerTarget(int timeout, String label, boolean alarm) implements Target {

    private static final int LABEL_LENGTH = 27;
    /** The largest timeout: the kernel counts milliseconds in 31 bits. */
    private static final int MAX_TIMEOUT = Integer.MAX_VALUE / 1000 - 1;
    /** Names that every directory of sysfs has already. */
    private static final Set<String> TAKEN = Set.of("", "power", "subsystem", "uevent");

    private static final String HELP = """
            IDLETIMER target options:
             --timeout time\tTimeout until the notification is sent (in seconds)
             --label string\tUnique rule identifier
             --alarm\tUse alarm instead of default timer

            """;

    static final TargetKind KIND = Definition.of("IDLETIMER", HELP, scope -> new Parser(),
            OptionSpec.of("timeout", OptionType.UINT32).needed(),
            OptionSpec.of("label", OptionType.STRING).needed(),
            OptionSpec.of("alarm", OptionType.NONE))
            .revised(1);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(" --timeout ").append(Integer.toUnsignedString(timeout)).append(" --label ").append(label);
        out.append(alarm ? " --alarm" : "");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" timeout:").append(Integer.toUnsignedString(timeout)).append(" label:").append(label);
        out.append(alarm ? " alarm" : "");
    }

    @Override
    public int check(final Place place) {
        final boolean wrong = timeout <= 0 || timeout > MAX_TIMEOUT || TAKEN.contains(label) || label.indexOf('/') >= 0;
        return wrong ? ToolText.EINVAL : Kind.FINE;
    }

    private static final class Parser implements TargetParser {

        private int timeout;
        private String label = "";
        private boolean alarm;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "timeout" -> timeout = (int) value.low();
                case "label" -> label = ToolText.cut(value.text(), LABEL_LENGTH);
                default -> alarm = true;
            }
        }

        @Override
        public Target finish() {
            return new IdletimerTarget(timeout, label, alarm);
        }
    }
}
