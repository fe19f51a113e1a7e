/// The rows that a database of Brain's own begins with, so that there is something to look at and to change.
package enum SampleRuns {
    /// Puts them in; for the transaction that makes the table.
    package static let statement = """
        INSERT INTO runs (id, status, progress, task_id, agent, started_at, completed_at, error) VALUES
            ('test-run-1', 'queued', NULL, 'task-1', 'dev', NULL, NULL, NULL),
            ('test-run-2', 'running', 40, 'task-2', 'dev', now() - interval '5 minutes', NULL, NULL),
            ('test-run-3', 'completed', 100, 'task-3', 'qa', now() - interval '1 hour', now() - interval '50 minutes',
             NULL),
            ('test-run-4', 'failed', 65, 'task-4', 'qa', now() - interval '2 hours', now() - interval '115 minutes',
             'the tests did not pass')
        """
}
