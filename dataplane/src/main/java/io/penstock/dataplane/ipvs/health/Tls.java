package io.penstock.dataplane.ipvs.health;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * How a check over TLS names the server and whom it trusts.
 *
 * <p>Source: RFC 6066 section 3 (server names), RFC 2818 section 3.1 (what a certificate has to be for). Threads: any.
 */
public final class Tls {

    /** Some 4,000 certificates; systems have 150. */
    private static final long MAX_TRUSTED_BYTES = 8 << 20;

    private final SSLContext context;
    private final boolean verify;
    private final String serverName;

    private Tls(final SSLContext context, final boolean verify, final String serverName) {
        this.context = context;
        this.verify = verify;
        this.serverName = serverName;
    }

    /**
     * Prepares.
     *
     * @param verify     whether the certificate has to be trusted, and for the name, or the address where there is no name
     * @param serverName that is asked for, or null for none
     * @param trusted    file of certificates in PEM that are trusted instead of the Java installation's, or null
     * @throws IOException              when the file cannot be read
     * @throws GeneralSecurityException when it has no certificates
     */
    public static Tls of(final boolean verify, final String serverName, final Path trusted)
            throws IOException, GeneralSecurityException {
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, verify ? trustManagers(trusted) : new TrustManager[] {new TrustAll()}, null);
        return new Tls(context, verify, serverName);
    }

    private static TrustManager[] trustManagers(final Path trusted) throws IOException, GeneralSecurityException {
        if (trusted == null) {
            return null;
        }
        if (!Files.isRegularFile(trusted) || Files.size(trusted) > MAX_TRUSTED_BYTES) {
            throw new IOException("it is no file of certificates");
        }
        final Collection<? extends Certificate> certificates;
        try (InputStream in = Files.newInputStream(trusted)) {
            certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
        if (certificates.isEmpty()) {
            throw new GeneralSecurityException("there are no certificates in it");
        }
        final KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (final Certificate certificate : certificates) {
            store.setCertificateEntry(Integer.toString(number++), certificate);
        }
        final TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /** Speaks TLS over a connection; the address is as certificates have it. */
    SSLSocket over(final Socket connected, final String address, final int port) throws IOException {
        final String peer = serverName == null ? address : serverName;
        final SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(connected, peer, port, true);
        final SSLParameters parameters = socket.getSSLParameters();
        if (serverName != null) {
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
        }
        if (verify) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /** Extended, because the checks of a plain one are made for it. */
    private static final class TrustAll extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type) {
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type) {
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final Socket socket) {
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final Socket socket) {
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine) {
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine) {
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
