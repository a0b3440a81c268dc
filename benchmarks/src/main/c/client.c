/* A broker and its clients, one after the other: a connection, its token and descriptor, the offer, the ACK, and an echo through the
 * connection, to its end. So nothing but the number of handoffs decides what a backend is asked to do.
 * Arguments: the backend's socket, the number of handoffs, and "tcp" or "unix" for the clients. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define HEADER 5

/* As the library encodes an offer to "chat-gateway" with the correlation id 1,000,000. */
static const unsigned char before_token[] = {1, 48, 0, 0, 0, 0x08, 1, 0x18, 0xff, 0xa1, 0x03, 0x22, 36, 0x12, 16};
static const unsigned char after_token[] = {
    0x1a, 12, 'c', 'h', 'a', 't', '-', 'g', 'a', 't', 'e', 'w', 'a', 'y', 0x20, 0xc0, 0x84, 0x3d, 0x28, 0xc0, 0x84, 0x3d};

static int checked(int result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static void receive(int from, unsigned char *bytes, int length, const char *what) {
    for (int received = 0, now; received < length; received += now) {
        now = checked(recv(from, bytes + received, length - received, 0), what);
        if (now == 0) {
            fprintf(stderr, "%s: the end after %d of %d bytes\n", what, received, length);
            exit(1);
        }
    }
}

/* Its end is the first, the one to hand off the second. */
static void connect_client(int listening, int ends[2]) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    if (listening < 0) {
        checked(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
        return;
    }
    checked(getsockname(listening, (struct sockaddr *) &address, &length), "getsockname");
    ends[0] = checked(socket(AF_INET, SOCK_STREAM, 0), "socket");
    checked(connect(ends[0], (struct sockaddr *) &address, length), "connect to TCP");
    ends[1] = checked(accept(listening, NULL, NULL), "accept");
}

static void hand_off(const struct sockaddr_un *backend, int descriptor) {
    unsigned char token[16], frame[256];
    checked(getrandom(token, sizeof token, 0), "getrandom");
    int control = checked(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
    checked(connect(control, (const struct sockaddr *) backend, sizeof *backend), "connect");
    union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } rights = {0};
    struct iovec data = {token, sizeof token};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = rights.bytes, .msg_controllen = sizeof rights.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    checked(sendmsg(control, &message, MSG_NOSIGNAL), "sendmsg");
    memcpy(frame, before_token, sizeof before_token);
    memcpy(frame + sizeof before_token, token, sizeof token);
    memcpy(frame + sizeof before_token + sizeof token, after_token, sizeof after_token);
    checked(send(control, frame, sizeof before_token + sizeof token + sizeof after_token, MSG_NOSIGNAL), "send");
    receive(control, frame, HEADER, "header of the ACK");
    receive(control, frame, frame[1], "ACK");
    close(control);
}

int main(int count, char **arguments) {
    if (count != 4) {
        return fprintf(stderr, "usage: client SOCKET COUNT tcp|unix\n"), 2;
    }
    struct sockaddr_un backend = {.sun_family = AF_UNIX};
    strncpy(backend.sun_path, arguments[1], sizeof backend.sun_path - 1);
    int listening = -1;
    if (strcmp(arguments[3], "tcp") == 0) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        listening = checked(socket(AF_INET, SOCK_STREAM, 0), "socket");
        checked(bind(listening, (struct sockaddr *) &address, sizeof address), "bind");
        checked(listen(listening, 16), "listen");
    }
    for (int left = atoi(arguments[2]); left > 0; left--) {
        int ends[2];
        unsigned char echo[] = "sixteen bytes...";
        connect_client(listening, ends);
        hand_off(&backend, ends[1]);
        close(ends[1]);
        checked(send(ends[0], echo, 16, MSG_NOSIGNAL), "send to the client's end");
        receive(ends[0], echo, 16, "echo");
        checked(shutdown(ends[0], SHUT_WR), "shutdown");
        if (recv(ends[0], echo, 1, 0) != 0) {
            return fprintf(stderr, "the client's end: more than its echo\n"), 1;
        }
        close(ends[0]);
    }
    return 0;
}
