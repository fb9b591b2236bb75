package io.penstock.dataplane.control;

import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/** A connection from which bytes come, then its end, and to which nobody listens. One thread. */
final class BytesChannel extends SocketChannel {

    private final ByteBuffer bytes;

    BytesChannel(final byte... bytes) {
        super(SelectorProvider.provider());
        this.bytes = ByteBuffer.wrap(bytes);
    }

    @Override
    public int read(final ByteBuffer into) {
        if (!bytes.hasRemaining()) {
            return -1;
        }
        final int count = Math.min(into.remaining(), bytes.remaining());
        into.put(bytes.slice(bytes.position(), count));
        bytes.position(bytes.position() + count);
        return count;
    }

    @Override
    public int write(final ByteBuffer from) {
        final int count = from.remaining();
        from.position(from.limit());
        return count;
    }

    @Override
    public long read(final ByteBuffer[] into, final int offset, final int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(final ByteBuffer[] from, final int offset, final int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SocketChannel bind(final SocketAddress local) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> SocketChannel setOption(final SocketOption<T> name, final T value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> T getOption(final SocketOption<T> name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    public SocketChannel shutdownInput() {
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() {
        return this;
    }

    @Override
    public Socket socket() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isConnectionPending() {
        return false;
    }

    @Override
    public boolean connect(final SocketAddress remote) {
        return true;
    }

    @Override
    public boolean finishConnect() {
        return true;
    }

    @Override
    public SocketAddress getRemoteAddress() {
        return null;
    }

    @Override
    public SocketAddress getLocalAddress() {
        return null;
    }

    @Override
    protected void implCloseSelectableChannel() {
        bytes.position(bytes.limit());
    }

    @Override
    protected void implConfigureBlocking(final boolean block) {
        // Nothing here blocks.
    }
}
