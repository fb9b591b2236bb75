package io.penstock.rules.target;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;

/**
 * TPROXY: hands the packet to a socket of this host that takes others' addresses.
 *
 * @param port    the socket's port, 0 for the packet's own
 * @param address the socket's address, zero for the incoming device's
 * @param mark    the bits of the packet's mark to flip
 * @param mask    the bits to clear
 */
public record TproxyTarget(int port, Address address, int mark, int mask) implements Target {

    private static final String HELP = """
            TPROXY target options:
              --on-port port\t\t    Redirect connection to port, or the original port if 0
              --on-ip ip\t\t\t    Optionally redirect to the given IP
              --tproxy-mark value[/mask]\t    Mark packets with the given value/mask

            """;

    static final TargetKind KIND = Definition.of("TPROXY", HELP, Parser::new,
            OptionSpec.of("on-port", OptionType.PORT).needed(),
            OptionSpec.of("on-ip", OptionType.HOST),
            OptionSpec.of("tproxy-mark", OptionType.MARK_MASK))
            .revised(1)
            .in(TableName.MANGLE)
            .at(RuleHook.PREROUTING)
            .taking(IpProtocol.TCP, IpProtocol.UDP);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(" --on-port ").append(port).append(" --on-ip ").append(address).append(" --tproxy-mark ");
        out.append(ToolText.hex(mark)).append('/').append(ToolText.hex(mask));
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" TPROXY redirect ").append(address).append(':').append(port).append(" mark ");
        out.append(ToolText.hex(mark)).append('/').append(ToolText.hex(mask));
    }

    private static final class Parser implements TargetParser {

        private int port;
        private Address address;
        private int mark;
        private int mask;

        Parser(final ParseScope scope) {
            address = Address.zero(scope.family());
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "on-port" -> port = (int) value.low();
                case "on-ip" -> address = Address.of(value.address());
                default -> {
                    mark = (int) value.low();
                    mask = (int) value.high();
                }
            }
        }

        @Override
        public Target finish() {
            return new TproxyTarget(port, address, mark, mask);
        }
    }
}
