/* The cheapest backend: what the kernel has to be asked for a handoff and for its client, on one epoll. It parses each offer and answers it
 * as it should be answered, but times nothing, judges no token and no peer, and closes what it does not understand.
 * Arguments: its socket, and "framed" if offers come without descriptors, any number on a connection. It says that it listens, echoes to
 * clients until they have ended, and ends with its standard input. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "offer.h"

#define BACKLOG 4096
#define EVENTS 1024
#define READ_BYTES 8192

/* Of a connection with offers, the bytes of one that has not all come. By descriptor, and kept for the next that has its number. */
struct unanswered {
    size_t length;
    unsigned char bytes[MAX_OFFER + READ_BYTES];
};

static struct unanswered **unanswered;

/* The client's descriptor, -1 if the offer came to nothing. */
static int adopted_from(int control) {
    unsigned char token[TOKEN_BYTES], offer[MAX_OFFER], ack[MAX_ACK];
    union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } rights;
    struct iovec data = {token, sizeof token};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = rights.bytes, .msg_controllen = sizeof rights.bytes};
    int client = -1;
    if (recvmsg(control, &message, MSG_CMSG_CLOEXEC) == sizeof token && CMSG_FIRSTHDR(&message)) {
        memcpy(&client, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof client);
    }
    size_t length = 0, ack_length;
    ssize_t received, taken = 0;
    /* The reference sends header and body apart. */
    while (taken == 0 && (received = recv(control, offer + length, sizeof offer - length, 0)) > 0) {
        length += received;
        taken = answer(offer, length, ack, &ack_length);
    }
    int is_answered = taken > 0 && send(control, ack, ack_length, MSG_NOSIGNAL) == (ssize_t) ack_length;
    close(control);
    if (!is_answered && client >= 0) {
        close(client);
        client = -1;
    }
    return client;
}

/* Answers all offers that have come, with one write. Whether the connection is to go on. */
static int answer_all(int control) {
    static unsigned char acks[(MAX_OFFER + READ_BYTES) / HEADER_BYTES * MAX_ACK];
    struct unanswered *left = unanswered[control];
    ssize_t length = recv(control, left->bytes + left->length, READ_BYTES, MSG_DONTWAIT);
    if (length <= 0) {
        return 0;
    }
    left->length += length;
    size_t taken = 0, acks_length = 0, ack_length;
    ssize_t one;
    while ((one = answer(left->bytes + taken, left->length - taken, acks + acks_length, &ack_length)) > 0) {
        taken += one;
        acks_length += ack_length;
    }
    left->length -= taken;
    memmove(left->bytes, left->bytes + taken, left->length);
    return one == 0 && (acks_length == 0 || send(control, acks, acks_length, MSG_NOSIGNAL) == (ssize_t) acks_length);
}

static int echo(int client) {
    char bytes[2048];
    ssize_t length = recv(client, bytes, sizeof bytes, MSG_DONTWAIT);
    return length > 0 && send(client, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT) == length;
}

static void add(int epoll, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) < 0) {
        perror("epoll_ctl");
        exit(1);
    }
}

static void accept_one(int epoll, int listening, int is_framed) {
    int control = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    int accepted = control < 0 || is_framed ? control : adopted_from(control);
    if (accepted < 0) {
        return;
    }
    if (is_framed) {
        if (!unanswered[accepted] && !(unanswered[accepted] = malloc(sizeof **unanswered))) {
            abort();
        }
        unanswered[accepted]->length = 0;
    }
    add(epoll, accepted);
}

static int listen_on(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listening, (struct sockaddr *) &address, sizeof address) < 0 || listen(listening, BACKLOG) < 0) {
        perror(path);
        exit(1);
    }
    return listening;
}

int main(int count, char **arguments) {
    if (count < 2) {
        return fprintf(stderr, "usage: floor SOCKET [framed]\n"), 2;
    }
    int is_framed = count > 2 && strcmp(arguments[2], "framed") == 0;
    struct rlimit descriptors;
    getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = descriptors.rlim_max; /* As a JVM does it. */
    setrlimit(RLIMIT_NOFILE, &descriptors);
    unanswered = calloc(descriptors.rlim_cur, sizeof *unanswered);
    int listening = listen_on(arguments[1]), epoll = epoll_create1(EPOLL_CLOEXEC);
    add(epoll, listening);
    add(epoll, STDIN_FILENO);
    puts("listening");
    fflush(stdout);
    while (1) {
        static struct epoll_event events[EVENTS];
        int ready = epoll_wait(epoll, events, EVENTS, -1); /* -1 after a signal: strace has begun. */
        for (int i = 0; i < ready; i++) {
            int one = events[i].data.fd;
            if (one == STDIN_FILENO) {
                return 0;
            } else if (one == listening) {
                accept_one(epoll, listening, is_framed);
            } else if (!(is_framed ? answer_all(one) : echo(one))) {
                close(one);
            }
        }
    }
}
