package io.penstock.rules.api;

/** What an option's argument is: the parsers, their limits and their messages are iptables' guided option parser's. */
public enum OptionType {
    /** No argument. */
    NONE,
    /** A number of 8 bits. */
    UINT8,
    /** A number of 16 bits. */
    UINT16,
    /** A number of 32 bits. */
    UINT32,
    /** A number of 64 bits. */
    UINT64,
    /** One number of 8 bits, or a range {@code low:high}. */
    UINT8_RANGE,
    /** One number of 16 bits, or a range. */
    UINT16_RANGE,
    /** One number of 32 bits, or a range. */
    UINT32_RANGE,
    /** One number of 64 bits, or a range. */
    UINT64_RANGE,
    /** A real number. */
    DOUBLE,
    /** Text; the option's min and max are its length's. */
    STRING,
    /** A type of service with an optional mask. */
    TOS_MASK,
    /** A mark with an optional mask, 32 bits each. */
    MARK_MASK,
    /** A level of syslog, by name or number. */
    SYSLOG_LEVEL,
    /** An address, by number or name. */
    HOST,
    /** An address with an optional mask or prefix length. */
    HOST_MASK,
    /** A protocol, by name or number. */
    PROTOCOL,
    /** A port, by name or number. */
    PORT,
    /** One port, or a range. */
    PORT_RANGE,
    /** A prefix length. */
    PREFIX_LENGTH,
    /** A prefix length, as a mask. */
    PREFIX_MASK,
    /** An Ethernet address. */
    ETHERNET
}
