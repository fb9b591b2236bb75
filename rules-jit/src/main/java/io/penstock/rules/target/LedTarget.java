package io.penstock.rules.target;

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
import io.penstock.rules.text.CNumber;

/**
 * LED: lights a lamp.
 *
 * @param trigger the trigger's name
 * @param delay   how long it stays lit, -1 for ever. Unit: ms
 * @param blinks  whether it goes out in between
 */
public record LedTarget(String trigger, int delay, boolean blinks) implements Target {

    private static final int TRIGGER_LENGTH = 16;
    private static final String FOREVER = "inf";

    private static final String HELP = """
            LED target options:
            --led-trigger-id name           suffix for led trigger name
            --led-delay ms                  leave the LED on for this number of
                                            milliseconds after triggering.
            --led-always-blink              blink on arriving packets, even if
                                            the LED is already on.
            """;

    static final TargetKind KIND = Definition.of("LED", HELP, Parser::new,
            OptionSpec.of("led-trigger-id", OptionType.STRING).between(0, TRIGGER_LENGTH).needed(),
            OptionSpec.of("led-delay", OptionType.STRING),
            OptionSpec.of("led-always-blink", OptionType.NONE));

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        trigger(out.append(" --led-trigger-id "));
        if (delay > 0) {
            out.append(" --led-delay ").append(delay);
        } else if (delay == -1) {
            out.append(" --led-delay inf");
        }
        out.append(blinks ? " --led-always-blink" : "");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        trigger(out.append(" led-trigger-id:"));
        if (delay == -1) {
            out.append(" led-delay:inf");
        } else {
            out.append(" led-delay:").append(delay).append("ms");
        }
        out.append(blinks ? " led-always-blink" : "");
    }

    private void trigger(final StringBuilder out) {
        out.append('"').append(trigger.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    }

    @Override
    public int check(final Place place) {
        return ToolText.ENOENT;
    }

    private static final class Parser implements TargetParser {

        private String trigger = "";
        private int delay;
        private boolean blinks;

        Parser(final ParseScope scope) {
            Absent.warn("LED", scope);
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "led-trigger-id" -> trigger = value.text();
                case "led-delay" -> delay = delay(value.text());
                default -> blinks = true;
            }
        }

        private static int delay(final String text) {
            if (text.regionMatches(true, 0, FOREVER, 0, FOREVER.length())) {
                return -1;
            }
            final CNumber number = CNumber.whole(text, 0, CNumber.UNSIGNED_32);
            if (number == null) {
                throw ParameterProblem.parameter("Delay value must be within range 0..%d", CNumber.UNSIGNED_32);
            }
            return (int) number.value();
        }

        @Override
        public Target finish() {
            return new LedTarget(trigger, delay, blinks);
        }
    }
}
