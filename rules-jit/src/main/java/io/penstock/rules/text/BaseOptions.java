package io.penstock.rules.text;

import static io.penstock.os.getopt.OptionArgument.OPTIONAL;
import static io.penstock.os.getopt.OptionArgument.NEEDED;
import static io.penstock.os.getopt.OptionArgument.NONE;

import io.penstock.rules.api.IpFamily;
import java.util.List;
import java.util.stream.Stream;

/** iptables' own options. */
final class BaseOptions {

    /** Short options. */
    static final String SHORT = "A:C:D:E:F::I:L::M:N:P:VX::Z::c:d:i:j:o:p:s:t:R:S::W::46bfg:h::m:nvw::x";

    private static final List<LongOption> IPV6 = List.of(
            LongOption.of("append", NEEDED, 'A'),
            LongOption.of("delete", NEEDED, 'D'),
            LongOption.of("check", NEEDED, 'C'),
            LongOption.of("insert", NEEDED, 'I'),
            LongOption.of("replace", NEEDED, 'R'),
            LongOption.of("list", OPTIONAL, 'L'),
            LongOption.of("list-rules", OPTIONAL, 'S'),
            LongOption.of("flush", OPTIONAL, 'F'),
            LongOption.of("zero", OPTIONAL, 'Z'),
            LongOption.of("new-chain", NEEDED, 'N'),
            LongOption.of("delete-chain", OPTIONAL, 'X'),
            LongOption.of("rename-chain", NEEDED, 'E'),
            LongOption.of("policy", NEEDED, 'P'),
            LongOption.of("source", NEEDED, 's'),
            LongOption.of("destination", NEEDED, 'd'),
            LongOption.of("src", NEEDED, 's'),
            LongOption.of("dst", NEEDED, 'd'),
            LongOption.of("protocol", NEEDED, 'p'),
            LongOption.of("in-interface", NEEDED, 'i'),
            LongOption.of("jump", NEEDED, 'j'),
            LongOption.of("table", NEEDED, 't'),
            LongOption.of("match", NEEDED, 'm'),
            LongOption.of("numeric", NONE, 'n'),
            LongOption.of("out-interface", NEEDED, 'o'),
            LongOption.of("verbose", NONE, 'v'),
            LongOption.of("wait", OPTIONAL, 'w'),
            LongOption.of("wait-interval", OPTIONAL, 'W'),
            LongOption.of("exact", NONE, 'x'),
            LongOption.of("version", NONE, 'V'),
            LongOption.of("help", OPTIONAL, 'h'),
            LongOption.of("line-numbers", NONE, '0'),
            LongOption.of("modprobe", NEEDED, 'M'),
            LongOption.of("set-counters", NEEDED, 'c'),
            LongOption.of("goto", NEEDED, 'g'),
            LongOption.of("ipv4", NONE, '4'),
            LongOption.of("ipv6", NONE, '6'));

    private static final List<LongOption> IPV4 = Stream.concat(IPV6.stream(),
            Stream.of(LongOption.of("fragments", NONE, 'f'))).toList();

    private BaseOptions() {
    }

    /** Long options. */
    static List<LongOption> of(final IpFamily family) {
        return family == IpFamily.IPV4 ? IPV4 : IPV6;
    }
}
