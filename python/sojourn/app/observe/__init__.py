"""What a controller lets others see of itself: logs, metrics, traces."""
