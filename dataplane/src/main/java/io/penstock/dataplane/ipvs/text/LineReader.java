package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.Timeouts;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.os.getopt.ToolExit;
import io.penstock.os.netlink.IpAddress;
import io.penstock.rules.api.Names;
import io.penstock.rules.text.AddressText;
import java.util.List;

/**
 * Reads a line of words: a command first, then what it is given, each checked when its turn comes, as the tool does. What is wrong ends
 * the command, but for an option that is unknown or has no argument, which ends the line.
 */
final class LineReader {

    /** The tool's words for a mask that is none. */
    static final String WRONG_MASK = "illegal virtual server persistent mask specified";

    private static final int MOST_SECONDS = 31 * 86_400;
    private static final int PERSISTENCE_SECONDS = 360;
    private static final int MOST_OF_PORT = 0xFFFF;
    private static final int MOST_OF_BYTE = 0xFF;
    /** Of a synchronization message: an IP packet less its headers. */
    private static final int MOST_OF_MESSAGE = 65_535 - 20 - 8;
    private static final int SCHEDULER_NAME = 15;
    private static final int ENGINE_NAME = 16;
    private static final int FLAG_TEXT = 127;

    private final Console console;
    private final HelpText help;
    private final HostReader hosts;
    private Said said;
    private Popt popt;
    private String flagText = "";

    LineReader(final Console console, final Names names, final HelpText help) {
        this.console = console;
        this.help = help;
        this.hosts = new HostReader(names);
    }

    /** What a line says; null if it ends with what popt complains about. */
    Said read(final List<String> words) {
        said = new Said();
        popt = new Popt(words);
        flagText = "";
        if (popt.next() != Popt.Step.OPTION) {
            throw console.noCommand();
        }
        begin(popt.found());
        Popt.Step step = popt.next();
        for (; step == Popt.Step.OPTION; step = popt.next()) {
            take(popt.found());
        }
        if (step != Popt.Step.END) {
            console.tell(popt.lastWord() + ": " + step.reason());
            return null;
        }
        if (said.command == Command.SET) {
            readTimeouts();
        }
        final String more = popt.plainWord();
        if (more != null) {
            throw console.wrong("unexpected argument " + more);
        }
        if (!flagText.isEmpty()) {
            said.flags |= new FlagReader(console).read(said.scheduler, flagText);
        }
        return said;
    }

    private void begin(final Word word) {
        if (word == Word.HELP || word == Word.VERSION) {
            console.print(word == Word.HELP ? help.usage() : HelpText.VERSION);
            throw new ToolExit(0);
        }
        if (word.command() == null) {
            throw console.noCommand();
        }
        said.command = word.command();
        final boolean isDaemon = word == Word.START_DAEMON || word == Word.STOP_DAEMON;
        if (isDaemon && !popt.argument().equals("master") && !popt.argument().equals("backup")) {
            throw console.wrong(word == Word.START_DAEMON ? "illegal start-daemon parameter specified" : "illegal start_daemon specified");
        }
    }

    private void take(final Word word) {
        final Option option = word.option();
        if (option != null && !said.options.add(option)) {
            throw console.wrong("multiple '" + option.shown() + "' options specified");
        }
        final String text = popt.argument();
        switch (word) {
            case TCP_SERVICE -> service(Protocols.TCP, text);
            case UDP_SERVICE -> service(Protocols.UDP, text);
            case SCTP_SERVICE -> service(Protocols.SCTP, text);
            case FWMARK_SERVICE -> mark(text);
            case IPV6 -> markOf6();
            case SCHEDULER -> said.scheduler = beginning(text, SCHEDULER_NAME);
            case PERSISTENT -> said.persistenceSeconds = text == null ? PERSISTENCE_SECONDS : seconds(text, 1);
            case NETMASK -> mask(text);
            case ENGINE -> said.engine = beginning(text, ENGINE_NAME);
            case OPS -> said.flags |= ServiceSpec.ONE_PACKET;
            case SCHED_FLAGS -> flagText = beginning(text, FLAG_TEXT);
            case REAL_SERVER -> server(text);
            case MASQUERADING -> said.method = Forwarding.MASQUERADE;
            case IPIP -> said.method = Forwarding.TUNNEL;
            case GATEWAYING -> said.method = Forwarding.ROUTE;
            case FULLNAT -> said.method = Forwarding.FULL;
            case WEIGHT -> said.weight = number(text, 0, Integer.MAX_VALUE, "weight");
            case UPPER -> said.upper = number(text, 0, Integer.MAX_VALUE, "u_threshold");
            case LOWER -> said.lower = number(text, 0, Integer.MAX_VALUE, "l_threshold");
            case TUN_TYPE -> tunnelKind(text);
            case TUN_PORT -> said.tunnelPort = number(text, 1, MOST_OF_PORT, "tunnel port");
            case TUN_NOCSUM -> said.tunnelChecksum = TunnelSpec.Checksum.NONE;
            case TUN_CSUM -> said.tunnelChecksum = TunnelSpec.Checksum.FULL;
            case TUN_REMCSUM -> said.tunnelChecksum = TunnelSpec.Checksum.REMOTE;
            case SYNCID -> number(text, 0, MOST_OF_BYTE, "syncid");
            case MCAST_GROUP -> group(text);
            case MCAST_PORT -> number(text, 1, MOST_OF_PORT, "mcast-port");
            case MCAST_TTL -> number(text, 1, MOST_OF_BYTE, "mcast-ttl");
            case SYNC_MAXLEN -> number(text, 1, MOST_OF_MESSAGE, "sync-maxlen");
            case NUMERIC, CONNECTION, TIMEOUT, DAEMON, STATS, RATE, THRESHOLDS, PERSISTENT_CONN, NOSORT, SORT, EXACT, TUN_INFO,
                    MCAST_INTERFACE -> { }
            default -> throw console.wrong("invalid option `" + popt.lastWord() + "'");
        }
    }

    private static String beginning(final String text, final int most) {
        return text.length() > most ? text.substring(0, most) : text;
    }

    private int number(final String text, final int min, final int max, final String what) {
        final int number = Numbers.within(text, min, max);
        if (number == Numbers.NONE) {
            throw console.wrong("illegal " + what + " specified");
        }
        return number;
    }

    private int seconds(final String text, final int min) {
        final int seconds = Numbers.within(text, min, MOST_SECONDS);
        if (seconds == Numbers.NONE) {
            throw console.wrong("invalid timeout value `" + text + "' specified");
        }
        return seconds;
    }

    private void service(final int protocol, final String text) {
        said.protocol = protocol;
        final HostReader.Host host = hosts.hostAndPort(text, protocol);
        if (host == null) {
            throw console.wrong("illegal virtual server address[:port] specified");
        }
        said.address = host.address();
        said.family = host.address().family();
        said.port = Math.max(0, host.port());
        if (said.family == IpAddress.V6) {
            said.maskBits = host.address().bits();
        }
    }

    private void mark(final String text) {
        said.family = IpAddress.V4;
        said.protocol = Protocols.TCP;
        said.mark = Numbers.mark(text);
        if (said.mark == 0) {
            throw console.wrong("invalid fwmark value `" + text + "' specified");
        }
    }

    private void markOf6() {
        if (said.mark == 0) {
            throw console.wrong("-6 used before -f\n");
        }
        said.family = IpAddress.V6;
        said.maskBits = IpAddress.any(IpAddress.V6).bits();
    }

    private void mask(final String text) {
        if (said.family == IpAddress.V6) {
            said.maskBits = Numbers.leading(text);
            if (said.maskBits < 1 || said.maskBits > IpAddress.any(IpAddress.V6).bits()) {
                throw console.wrong("illegal ipv6 netmask specified");
            }
            return;
        }
        said.mask = hosts.ipv4(text);
        if (said.mask == null) {
            throw console.wrong(WRONG_MASK);
        }
        said.maskBits = AddressText.prefix(said.mask.toBytes());
    }

    private void server(final String text) {
        final HostReader.Host host = hosts.hostAndPort(text, said.protocol);
        if (host == null) {
            throw console.wrong("illegal real server address[:port] specified");
        }
        said.server = host.address();
        said.serverPort = host.port() == HostReader.NO_PORT ? said.port : host.port();
    }

    private void tunnelKind(final String text) {
        for (final TunnelSpec.Kind kind : TunnelSpec.Kind.values()) {
            if (Legality.name(kind).equals(text)) {
                said.tunnelKind = kind;
                return;
            }
        }
        throw console.wrong("illegal tunnel type specified");
    }

    private void group(final String text) {
        final boolean isSix = text.indexOf(':') >= 0;
        final byte[] group = isSix ? AddressText.ipv6(text) : AddressText.strictIpv4(text);
        final boolean isMulticast = group != null && (isSix ? group[0] == -1 : (group[0] & 0xF0) == 0xE0);
        if (!isMulticast) {
            throw console.wrong("invalid " + (isSix ? "IPv6" : "IPv4") + " mcast-group `" + text + "'");
        }
    }

    private void readTimeouts() {
        final String tcp = popt.plainWord();
        final String tcpFin = popt.plainWord();
        final String udp = popt.plainWord();
        if (udp == null) {
            throw console.wrong("--set option requires 3 timeout values");
        }
        said.timeouts = new Timeouts(seconds(tcp, 0), seconds(tcpFin, 0), seconds(udp, 0));
    }
}
