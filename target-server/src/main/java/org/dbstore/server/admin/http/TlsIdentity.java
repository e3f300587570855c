package org.dbstore.server.admin.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.dbstore.config.AdminConfig;
import org.eclipse.jetty.util.ssl.SslContextFactory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the server proves itself with.
 *
 * @param keys private key and certificate chain
 * @param fingerprint SHA-256 of the server's own certificate, in hexadecimal
 */
public record TlsIdentity(KeyStore keys, String fingerprint) {
    private static final char[] NO_PASSWORD = {};
    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

    /**
     * Reads it.
     *
     * @param files in PEM
     * @throws IOException if they cannot be read, or are not what they should be
     */
    public static TlsIdentity read(AdminConfig.Tls files) throws IOException {
        try (InputStream input = Files.newInputStream(files.certificate())) {
            Certificate[] chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(input)
                            .toArray(Certificate[]::new);
            if (chain.length == 0) {
                throw new IOException(files.certificate() + " has no certificate");
            }
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, NO_PASSWORD);
            keys.setKeyEntry("dbsd", key(files.key()), NO_PASSWORD, chain);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(chain[0].getEncoded());
            return new TlsIdentity(keys, HexFormat.of().formatHex(digest));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    files.certificate() + " and " + files.key() + ": " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        Matcher matcher = KEY.matcher(Files.readString(file, US_ASCII));
        if (!matcher.find()) {
            throw new IOException(file + " has no private key in PKCS #8 (\"BEGIN PRIVATE KEY\")");
        }
        byte[] der = Base64.getMimeDecoder().decode(matcher.group(1));
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // It is of another algorithm.
            }
        }
        throw new IOException(file + " has a private key of an unknown algorithm");
    }

    SslContextFactory.Server contextFactory() {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        factory.setKeyStore(keys);
        factory.setKeyStorePassword("");
        factory.setSniRequired(false);
        factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        return factory;
    }
}
