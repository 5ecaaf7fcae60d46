/* SPDX-License-Identifier: Apache-2.0
 * Worker threads of the engine `ref`: they wait for a job, share its indices by an atomic counter, and report back. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "ref/ref.h"

struct worker {
    struct ref_pool *pool;
    unsigned number;
    pthread_t thread;
};

struct ref_pool {
    pthread_mutex_t lock;
    pthread_cond_t start, done;
    unsigned workers, running; /* workers: threads and the caller */
    uint64_t generation;       /* counts the jobs */
    bool stop;
    uint32_t count;
    void (*job)(void *context, unsigned worker, uint32_t index);
    void *context;
    atomic_uint_fast32_t next;
    struct worker worker[];
};

static void work(struct ref_pool *pool, unsigned number) {
    for (;;) {
        unsigned long index = atomic_fetch_add(&pool->next, 1);
        if (index >= pool->count) return;
        pool->job(pool->context, number, (uint32_t)index);
    }
}

static void *worker_main(void *argument) {
    struct worker *worker = argument;
    struct ref_pool *pool = worker->pool;
    uint64_t seen = 0;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->stop && pool->generation == seen) pthread_cond_wait(&pool->start, &pool->lock);
        if (pool->stop) break;
        seen = pool->generation;
        pthread_mutex_unlock(&pool->lock);
        work(pool, worker->number);
        pthread_mutex_lock(&pool->lock);
        if (--pool->running == 0) pthread_cond_signal(&pool->done);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

struct ref_pool *ref_pool_open(unsigned threads) {
    struct ref_pool *pool = calloc(1, sizeof *pool + threads * sizeof pool->worker[0]);
    if (!pool) return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->start, NULL);
    pthread_cond_init(&pool->done, NULL);
    atomic_init(&pool->next, 0);
    for (pool->workers = 1; pool->workers < threads; pool->workers++) {
        struct worker *worker = &pool->worker[pool->workers];
        worker->pool = pool;
        worker->number = pool->workers;
        if (pthread_create(&worker->thread, NULL, worker_main, worker)) break;
    }
    return pool;
}

void ref_pool_close(struct ref_pool *pool) {
    if (!pool) return;
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 1; i < pool->workers; i++) pthread_join(pool->worker[i].thread, NULL);
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->start);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

unsigned ref_pool_workers(const struct ref_pool *pool) { return pool->workers; }

void ref_pool_run(struct ref_pool *pool, uint32_t count, void (*job)(void *context, unsigned worker, uint32_t index),
                  void *context) {
    if (pool->workers == 1 || count == 1) {
        for (uint32_t i = 0; i < count; i++) job(context, 0, i);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->count = count;
    pool->job = job;
    pool->context = context;
    atomic_store(&pool->next, 0);
    pool->running = pool->workers - 1;
    pool->generation++;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);
    work(pool, 0);
    pthread_mutex_lock(&pool->lock);
    while (pool->running) pthread_cond_wait(&pool->done, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}
