package io.penstock.rules.target;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotTee;

/**
 * TEE: sends a copy of the packet to a neighbour.
 *
 * @param gateway the neighbour
 * @param device  the name of the device that the copy leaves by, empty for any
 */
public record TeeTarget(Address gateway, String device) implements RunnableTarget {

    private static final int DEVICE_LENGTH = 15;

    private static final OptionSpec GATEWAY = OptionSpec.of("gateway", OptionType.HOST).needed();

    private static final String HELP = """
            TEE target options:
              --gateway IPADDR    Route packet via the gateway given by address
              --oif NAME          Include oif in route calculation

            """;

    static final TargetKind KIND = Definition.of("TEE", HELP, scope -> new Parser(),
            GATEWAY, OptionSpec.of("oif", OptionType.STRING)).revised(1);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(" --gateway ").append(gateway);
        if (!device.isEmpty()) {
            out.append(" --oif ").append(device);
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        final String host = scope.isNumeric() ? null : scope.names().hostName(gateway.bytes());
        out.append(" TEE gw:").append(host == null ? gateway.toString() : host);
        if (!device.isEmpty()) {
            out.append(" oif=").append(device);
        }
    }

    @Override
    public int check(final Place place) {
        return gateway.isZero() ? ToolText.EINVAL : Kind.FINE;
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        return new HotTee(gateway.high(), gateway.low(), device);
    }

    private static final class Parser implements TargetParser {

        private Address gateway;
        private String device = "";

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            if (option.name().equals(GATEWAY.name())) {
                gateway = Address.of(value.address());
            } else {
                device = ToolText.cut(value.text(), DEVICE_LENGTH);
            }
        }

        @Override
        public Target finish() {
            return new TeeTarget(gateway, device);
        }
    }
}
