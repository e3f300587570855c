package org.dbstore.server.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.dbstore.config.AdminConfig;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;

/** A certificate that the JDK's keytool makes. */
final class TestCertificate {
    private static final String PASSWORD = "secret";

    private TestCertificate() {}

    static AdminConfig.Tls make(Path folder) throws IOException, InterruptedException {
        Path store = folder.resolve("keys.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process =
                new ProcessBuilder(
                                keytool.toString(),
                                "-genkeypair",
                                "-alias",
                                "a",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=dbs",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                PASSWORD)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (process.waitFor() != 0) {
            throw new IOException("keytool ended with " + process.exitValue());
        }
        try (InputStream input = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(input, PASSWORD.toCharArray());
            Key key = keys.getKey("a", PASSWORD.toCharArray());
            return new AdminConfig.Tls(
                    pem(folder, "CERTIFICATE", keys.getCertificate("a").getEncoded()),
                    pem(folder, "PRIVATE KEY", key.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static Path pem(Path folder, String what, byte[] der) throws IOException {
        String text =
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(
                                what,
                                Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII))
                                        .encodeToString(der),
                                what);
        return Files.writeString(folder.resolve(what.replace(' ', '-') + ".pem"), text);
    }
}
