package io.penstock.rules.match;

import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the ports of UDP, UDP-Lite and DCCP. */
abstract class PortsParser implements MatchParser {

    boolean hasSource;
    boolean hasDestination;
    int sourceLow;
    int sourceHigh = HeaderText.MAX_PORT;
    boolean sourceInverted;
    int destinationLow;
    int destinationHigh = HeaderText.MAX_PORT;
    boolean destinationInverted;

    /** The options for ports, and others behind them. */
    static OptionSpec[] options(final OptionSpec... others) {
        final OptionSpec source = OptionSpec.of("source-port", OptionType.PORT_RANGE).inverted();
        final OptionSpec destination = OptionSpec.of("destination-port", OptionType.PORT_RANGE).inverted();
        final List<OptionSpec> options = new ArrayList<>(List.of(
                source, OptionSpec.alias("sport", source), destination, OptionSpec.alias("dport", destination)));
        options.addAll(Arrays.asList(others));
        return options.toArray(OptionSpec[]::new);
    }

    @Override
    public final void option(final OptionSpec spec, final OptionValue value) {
        switch (spec.name()) {
            case "source-port" -> {
                sourceLow = (int) value.low();
                sourceHigh = (int) value.high();
                sourceInverted = value.inverted();
                hasSource = true;
            }
            case "destination-port" -> {
                destinationLow = (int) value.low();
                destinationHigh = (int) value.high();
                destinationInverted = value.inverted();
                hasDestination = true;
            }
            default -> other(spec, value);
        }
    }

    /** Takes an option that is not about ports. */
    abstract void other(OptionSpec spec, OptionValue value);
}
