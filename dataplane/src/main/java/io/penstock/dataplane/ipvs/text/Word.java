package io.penstock.dataplane.ipvs.text;

import io.penstock.os.getopt.OptionArgument;
import java.util.HashMap;
import java.util.Map;

/** The words of the command line that begin with dashes, by both their names. */
enum Word {
    ADD_SERVICE("add-service", "A", Command.ADD_SERVICE),
    EDIT_SERVICE("edit-service", "E", Command.EDIT_SERVICE),
    DELETE_SERVICE("delete-service", "D", Command.DELETE_SERVICE),
    CLEAR("clear", "C", Command.FLUSH),
    LIST("list", "Ll", Command.LIST),
    ZERO("zero", "Z", Command.ZERO),
    ADD_SERVER("add-server", "a", Command.ADD_SERVER),
    EDIT_SERVER("edit-server", "e", Command.EDIT_SERVER),
    DELETE_SERVER("delete-server", "d", Command.DELETE_SERVER),
    SET("set", "", Command.SET),
    HELP("help", "h"),
    VERSION("version", "v"),
    RESTORE("restore", "R", Command.RESTORE),
    SAVE("save", "S", Command.SAVE),
    START_DAEMON("start-daemon", "", OptionArgument.NEEDED, Command.START_DAEMON, null),
    STOP_DAEMON("stop-daemon", "", OptionArgument.NEEDED, Command.STOP_DAEMON, null),

    TCP_SERVICE("tcp-service", "t", OptionArgument.NEEDED, Option.SERVICE),
    UDP_SERVICE("udp-service", "u", OptionArgument.NEEDED, Option.SERVICE),
    SCTP_SERVICE("sctp-service", "", OptionArgument.NEEDED, Option.SERVICE),
    FWMARK_SERVICE("fwmark-service", "f", OptionArgument.NEEDED, Option.SERVICE),
    SCHEDULER("scheduler", "s", OptionArgument.NEEDED, Option.SCHEDULER),
    PERSISTENT("persistent", "p", OptionArgument.OPTIONAL, Option.PERSISTENT),
    NETMASK("netmask", "M", OptionArgument.NEEDED, Option.NETMASK),
    REAL_SERVER("real-server", "r", OptionArgument.NEEDED, Option.SERVER),
    MASQUERADING("masquerading", "m", Option.FORWARD),
    IPIP("ipip", "i", Option.FORWARD),
    GATEWAYING("gatewaying", "g", Option.FORWARD),
    /** Beyond the tool's words. */
    FULLNAT("fullnat", "", Option.FORWARD),
    WEIGHT("weight", "w", OptionArgument.NEEDED, Option.WEIGHT),
    UPPER("u-threshold", "x", OptionArgument.NEEDED, Option.UPPER),
    LOWER("l-threshold", "y", OptionArgument.NEEDED, Option.LOWER),
    NUMERIC("numeric", "n", Option.NUMERIC),
    CONNECTION("connection", "c", Option.CONNECTION),
    MCAST_INTERFACE("mcast-interface", "", OptionArgument.NEEDED, Option.MCAST_INTERFACE),
    SYNCID("syncid", "", OptionArgument.NEEDED, Option.SYNCID),
    TIMEOUT("timeout", "", Option.TIMEOUT),
    DAEMON("daemon", "", Option.DAEMON),
    STATS("stats", "", Option.STATS),
    RATE("rate", "", Option.RATE),
    THRESHOLDS("thresholds", "", Option.THRESHOLDS),
    PERSISTENT_CONN("persistent-conn", "", Option.PERSISTENT_CONN),
    NOSORT("nosort", "", Option.NOSORT),
    SORT("sort", ""),
    EXACT("exact", "X", Option.EXACT),
    IPV6("ipv6", "6"),
    OPS("ops", "o", Option.OPS),
    ENGINE("pe", "", OptionArgument.NEEDED, Option.ENGINE),
    SCHED_FLAGS("sched-flags", "b", OptionArgument.NEEDED, Option.SCHED_FLAGS),
    MCAST_GROUP("mcast-group", "", OptionArgument.NEEDED, Option.MCAST_GROUP),
    MCAST_PORT("mcast-port", "", OptionArgument.NEEDED, Option.MCAST_PORT),
    MCAST_TTL("mcast-ttl", "", OptionArgument.NEEDED, Option.MCAST_TTL),
    SYNC_MAXLEN("sync-maxlen", "", OptionArgument.NEEDED, Option.SYNC_MAXLEN),
    TUN_INFO("tun-info", "", Option.TUN_INFO),
    TUN_TYPE("tun-type", "", OptionArgument.NEEDED, Option.TUN_TYPE),
    TUN_PORT("tun-port", "", OptionArgument.NEEDED, Option.TUN_PORT),
    TUN_NOCSUM("tun-nocsum", "", Option.TUN_NOCSUM),
    TUN_CSUM("tun-csum", "", Option.TUN_CSUM),
    TUN_REMCSUM("tun-remcsum", "", Option.TUN_REMCSUM);

    private static final Map<String, Word> LONG = new HashMap<>();
    /** Of ASCII. */
    private static final Word[] SHORT = new Word[128];

    static {
        for (final Word word : values()) {
            LONG.put(word.longName, word);
            word.letters.chars().forEach(letter -> SHORT[letter] = word);
        }
    }

    private final String longName;
    private final String letters;
    private final OptionArgument argument;
    private final Command command;
    private final Option option;

    Word(final String longName, final String letters) {
        this(longName, letters, OptionArgument.NONE, null, null);
    }

    Word(final String longName, final String letters, final Command command) {
        this(longName, letters, OptionArgument.NONE, command, null);
    }

    Word(final String longName, final String letters, final Option option) {
        this(longName, letters, OptionArgument.NONE, null, option);
    }

    Word(final String longName, final String letters, final OptionArgument argument, final Option option) {
        this(longName, letters, argument, null, option);
    }

    Word(final String longName, final String letters, final OptionArgument argument, final Command command, final Option option) {
        this.longName = longName;
        this.letters = letters;
        this.argument = argument;
        this.command = command;
        this.option = option;
    }

    /** By its long name, or null. */
    static Word of(final String longName) {
        return LONG.get(longName);
    }

    /** By a letter, or null. */
    static Word of(final char letter) {
        return letter < SHORT.length ? SHORT[letter] : null;
    }

    /** Whether an argument follows. */
    OptionArgument argument() {
        return argument;
    }

    /** The command that it begins, or null. */
    Command command() {
        return command;
    }

    /** What it gives a command, or null. */
    Option option() {
        return option;
    }
}
