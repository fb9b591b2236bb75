package io.penstock.rules.match;

import io.penstock.os.netlink.IpAddress;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.text.AddressText;
import java.nio.ByteBuffer;

/**
 * An address with a mask, as they were given: bits of the address that the mask leaves out stay.
 *
 * @param address the address
 * @param mask    which of its bits count
 */
public record MaskedAddress(IpAddress address, IpAddress mask) {

    /** The address of an option. */
    static MaskedAddress of(final OptionValue value) {
        return new MaskedAddress(address(value.address()), address(value.mask()));
    }

    /** Writes it as {@code iptables-save} does. */
    void save(final StringBuilder out) {
        out.append(AddressText.print(bytes(address)));
        mask(out);
    }

    /** Writes it as a list does: by name where names are asked for. */
    void list(final StringBuilder out, final ListScope scope) {
        if (scope.isNumeric()) {
            save(out);
            return;
        }
        if (address.high() == 0 && address.low() == 0) {
            out.append("anywhere");
            return;
        }
        final String host = scope.names().hostName(bytes(address));
        out.append(host == null ? AddressText.print(bytes(address)) : host);
        mask(out);
    }

    private void mask(final StringBuilder out) {
        final int length = AddressText.prefix(bytes(mask));
        if (length < 0) {
            out.append('/').append(AddressText.print(bytes(mask)));
        } else if (length != mask.bits()) {
            out.append('/').append(length);
        }
    }

    private static IpAddress address(final byte[] bytes) {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return bytes.length == Integer.BYTES
                ? IpAddress.v4(buffer.getInt())
                : IpAddress.v6(buffer.getLong(), buffer.getLong());
    }

    private static byte[] bytes(final IpAddress address) {
        return address.family() == IpAddress.V4
                ? ByteBuffer.allocate(Integer.BYTES).putInt((int) address.low()).array()
                : ByteBuffer.allocate(2 * Long.BYTES).putLong(address.high()).putLong(address.low()).array();
    }
}
