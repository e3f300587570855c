package org.dbstore.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.Objects;

/** Files that are written for another user, in a folder of his. */
public final class OwnFiles {
    private OwnFiles() {}

    /**
     * Gives a file to a user. Where its name is a link by now, the link: whoever has the folder may
     * have put it there, and what it leads to is not his to get.
     *
     * @throws IOException if this process may not
     */
    public static void give(Path file, UserPrincipal owner) throws IOException {
        FileOwnerAttributeView view =
                Files.getFileAttributeView(
                        file, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        Objects.requireNonNull(view).setOwner(owner);
    }
}
